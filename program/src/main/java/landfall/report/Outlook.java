package landfall.report;

/** What a plan says of the time after it: the pause that users may notice, and what the host will cost. */
public record Outlook(Forecast forecast, Cost cost) {}
