package landfall.sandbox;

/** A program for deploy tests that ends as soon as it has started. */
public final class DokkuTinyCrash {
    private DokkuTinyCrash() {}

    public static void main(String[] words) {
        System.out.println("i will die");
        System.exit(1);
    }
}
