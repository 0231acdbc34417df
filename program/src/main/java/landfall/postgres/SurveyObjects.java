package landfall.postgres;

import java.sql.SQLException;

/** Objects of the source that are not tables: types, views, functions, triggers, rules, comments, labels. */
final class SurveyObjects {
    private SurveyObjects() {}

    static void look(SurveyLook look) throws SQLException {
        look.add(look.from(), "survey_objects");
        look.add(look.from(), "survey_code");
    }
}
