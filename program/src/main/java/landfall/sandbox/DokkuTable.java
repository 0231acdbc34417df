package landfall.sandbox;

import java.util.List;

/** Columns as Dokku's Go programs print them: as wide as their widest cell, two blanks between. */
final class DokkuTable {
    private DokkuTable() {}

    static void print(DokkuCall call, List<List<String>> rows) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = rows.stream()
                        .mapToInt(each -> each.get(column).length())
                        .max()
                        .orElse(0);
                boolean last = i == row.size() - 1;
                line.append(last ? row.get(i) : DokkuReport.pad(row.get(i), width + 2));
            }
            call.out(line + "\n");
        }
    }
}
