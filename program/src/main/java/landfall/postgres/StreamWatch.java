package landfall.postgres;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import landfall.base.Limits;
import org.jspecify.annotations.Nullable;

/**
 * Ends a stream whose other end has gone without hanging up: a NAT that forgot it, a machine that lost its power, a paused
 * container. From here that looks like a server at work on a long statement, so the server is asked over another
 * connection: if the process waits for us while we wait for it, or isn't there, the line between is dead. A server that
 * can't be asked either gets a longer, also bounded, time.
 */
final class StreamWatch {
    private static final long TICKS = 10;
    private static final Duration TICK_MAX = Duration.ofSeconds(1);
    /** What may be on its way in buffers, and the slowest line on which a move makes sense. */
    private static final long IN_FLIGHT_BYTES_MAX = 8L << 20;

    private static final long BYTES_PER_SECOND_MIN = 128 << 10;

    private final WatchedStream stream;
    private final WatchedStream.Patience patience;
    private volatile @Nullable SessionCheck session;
    private volatile boolean released;

    /** Of the wait that is being looked at. */
    private long since;

    private long nextQuestion;
    private int questions;
    private String evidence = "";
    private long evidenceSince;

    private StreamWatch(WatchedStream stream) {
        this.stream = stream;
        this.patience = stream.patience();
    }

    static StreamWatch start(WatchedStream stream) {
        StreamWatch watch = new StreamWatch(stream);
        Thread.ofVirtual().name("landfall stream watch").start(watch::run);
        return watch;
    }

    void attend(SessionCheck check) {
        session = check;
        released = false;
    }

    void release() {
        released = true;
    }

    private void run() {
        long tick = Math.min(TICK_MAX.toNanos(), patience.silence().toNanos() / TICKS);
        try {
            while (!stream.isClosed()) {
                TimeUnit.NANOSECONDS.sleep(tick);
                long waitingSince = stream.waitingSince();
                if (waitingSince != 0 && !released) {
                    look(waitingSince);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(long waitingSince) throws InterruptedException {
        long waited = System.nanoTime() - waitingSince;
        SessionCheck check = session;
        if (check == null) {
            if (waited > patience.login().toNanos()) {
                stream.cut("the connection stands, but for " + seconds(waited) + " s nothing came from the server");
            }
            return;
        }
        if (waited < patience.silence().toNanos()) {
            return;
        }
        if (waitingSince != since) {
            since = waitingSince;
            questions = 0;
            nextQuestion = System.nanoTime();
            evidence = "";
        }
        if (System.nanoTime() - nextQuestion >= 0) {
            judge(check, waitingSince);
        }
    }

    private void judge(SessionCheck check, long waitingSince) throws InterruptedException {
        SessionCheck.Answer answer = answer(check);
        if (stream.waitingSince() != waitingSince || stream.isClosed()) {
            return;
        }
        long waited = System.nanoTime() - waitingSince;
        String process = "process " + check.pid() + " of the " + check.label() + "'s server";
        String silence = "nothing came for " + seconds(waited) + " s";
        Duration pause = patience.proof().dividedBy(TICKS / 2);
        switch (answer) {
            case SessionCheck.Answer.Gone() ->
                stream.cut(silence + ", and " + process + " has gone: the line did not tell");
            case SessionCheck.Answer.Waits(String how, String now) -> {
                if (!now.equals(evidence)) {
                    evidence = now;
                    evidenceSince = System.nanoTime();
                }
                if (System.nanoTime() - evidenceSince >= proofNanos()) {
                    stream.cut(silence + " while " + process + " waited for us (" + how + "): the line is dead");
                    check.end();
                }
            }
            case SessionCheck.Answer.Unreachable(String why) -> {
                evidence = "";
                if (waited > patience.unreachable().toNanos()) {
                    stream.cut(silence + ", and the server can't be asked: " + why);
                }
            }
            case SessionCheck.Answer.Works(), SessionCheck.Answer.Unknown(String _) -> {
                evidence = "";
                // A statement may take hours; who has answered so often that it works is asked less.
                pause = patience.silence().multipliedBy(Math.min(++questions, 3));
            }
        }
        nextQuestion = System.nanoTime() + pause.toNanos();
    }

    private long proofNanos() {
        long underWay = Math.min(stream.unanswered(), IN_FLIGHT_BYTES_MAX);
        return patience.proof().toNanos() + TimeUnit.SECONDS.toNanos(underWay) / BYTES_PER_SECOND_MIN;
    }

    /** The question has its own bounds, but their sum is longer than one wants to wait here. */
    private static SessionCheck.Answer answer(SessionCheck check) throws InterruptedException {
        FutureTask<SessionCheck.Answer> question = new FutureTask<>(check::ask);
        Thread.ofVirtual().name("landfall session check").start(question);
        try {
            return question.get(Limits.DATABASE_SILENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new SessionCheck.Answer.Unreachable(
                    "a new connection got no answer within " + Limits.DATABASE_SILENCE.toSeconds() + " s");
        } catch (ExecutionException e) {
            System.getLogger(StreamWatch.class.getName()).log(System.Logger.Level.INFO, "session check", e);
            return new SessionCheck.Answer.Unreachable(String.valueOf(e.getCause()));
        }
    }

    private static long seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos);
    }
}
