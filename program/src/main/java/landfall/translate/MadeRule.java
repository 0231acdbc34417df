package landfall.translate;

/** Objects that a controller made of another object: whatever they say, their maker says. */
final class MadeRule {
    private MadeRule() {}

    static void apply(Field object) {
        MetadataRule.apply(object);
        String note = "made by " + Index.maker(object.object()).orElse("a controller")
                + " of the cluster, whose own fields count";
        object.at("metadata", "name").irrelevant("Object.made", note);
        object.at("spec").irrelevant("Object.made", note);
    }
}
