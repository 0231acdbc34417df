package landfall.remote;

/** What a remote command printed and how it ended. */
public record ExecResult(int exit, String stdout, String stderr) {}
