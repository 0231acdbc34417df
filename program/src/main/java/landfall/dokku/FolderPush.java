package landfall.dokku;

import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import landfall.base.Limits;
import landfall.remote.SshConnection;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RemoteRefUpdate;

/**
 * Pushes an app's folder to the branch that the app is deployed from. Landfall's commits have no parent, so each one
 * replaces what was on that branch; a commit that neither Landfall nor Dokku made is somebody's own push and is left
 * alone.
 */
final class FolderPush {
    /** Whom the commits are from that git:from-image and git:from-archive make. */
    private static final String DOKKU_AUTHOR = "automated@dokku.sh";

    private final SshConnection connection;
    private final String app;
    private final String branch;
    private final AppCommit commit;
    private final boolean replacesPushed;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    FolderPush(SshConnection connection, String app, String branch, AppCommit commit, boolean replacesPushed) {
        this.connection = connection;
        this.app = app;
        this.branch = Constants.R_HEADS + branch;
        this.commit = commit;
        this.replacesPushed = replacesPushed;
    }

    /** How a push ended. */
    sealed interface Outcome {
        record Deployed() implements Outcome {}

        /** The host has this commit, or another one with the same files. */
        record Unchanged() implements Outcome {}

        /** @param reason as git has it: {@code pre-receive hook declined} after a failed build or check */
        record Declined(String reason, List<String> lines) implements Outcome {
            public Declined {
                lines = List.copyOf(lines);
            }
        }

        /** Somebody pushed a commit of their own. */
        record Foreign(String commit, String author, String date, String subject) implements Outcome {}
    }

    /**
     * @param onLine told each line the build prints, as it comes
     * @throws IOException if the connection breaks or the host doesn't answer as a git server
     */
    Outcome run(Consumer<String> onLine) throws IOException {
        Consumer<String> heard = line -> {
            String clean = Ansi.stripped(line);
            lines.add(clean);
            onLine.accept(clean);
        };
        try (AppRepository repository = new AppRepository(commit.repository(), connection, app, heard)) {
            try (AppRepository.Push push = (AppRepository.Push) repository.openPush()) {
                Ref there = push.getRef(branch);
                if (there != null) {
                    Optional<Outcome> settled = settled(repository, there);
                    if (settled.isPresent()) {
                        return settled.get();
                    }
                }
                return pushed(push, heard);
            }
        }
    }

    private Optional<Outcome> settled(AppRepository repository, Ref there) throws IOException {
        if (commit.commit().equals(there.getObjectId())) {
            return Optional.of(new Outcome.Unchanged());
        }
        RevCommit tip = fetched(repository, there);
        if (tip.getTree().getId().equals(commit.tree())) {
            return Optional.of(new Outcome.Unchanged());
        }
        PersonIdent author = tip.getAuthorIdent();
        String mail = author.getEmailAddress();
        if (replacesPushed || mail.equals(AppCommit.AUTHOR) || mail.equals(DOKKU_AUTHOR)) {
            return Optional.empty();
        }
        return Optional.of(new Outcome.Foreign(
                tip.abbreviate(10).name(),
                author.getName() + " <" + mail + ">",
                DateTimeFormatter.ISO_INSTANT.format(
                        tip.getCommitterIdent().getWhenAsInstant().atOffset(ZoneOffset.UTC)),
                tip.getShortMessage()));
    }

    /** The newest commit alone, to see whose it is. */
    private RevCommit fetched(AppRepository repository, Ref there) throws IOException {
        repository.setDepth(1);
        try (FetchConnection fetch = repository.openFetch();
                RevWalk walk = new RevWalk(commit.repository())) {
            fetch.fetch(NullProgressMonitor.INSTANCE, List.of(there), Set.<ObjectId>of());
            return walk.parseCommit(there.getObjectId());
        }
    }

    private Outcome pushed(AppRepository.Push push, Consumer<String> heard) throws IOException {
        RemoteRefUpdate update =
                new RemoteRefUpdate(commit.repository(), commit.id(), commit.commit(), branch, true, null, null);
        AtomicBoolean late = new AtomicBoolean();
        Thread watchdog = Thread.ofVirtual().name("push timeout").start(() -> {
            try {
                Thread.sleep(Limits.DEPLOY_MAX);
                late.set(true);
                push.abandon();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            push.push(NullProgressMonitor.INSTANCE, Map.of(branch, update), null);
        } catch (TransportException e) {
            if (late.get()) {
                throw new IOException("no end after " + Limits.DEPLOY_MAX.toSeconds() + " s", e);
            }
            throw e;
        } finally {
            watchdog.interrupt();
        }
        push.stderr().lines().forEach(heard);
        return switch (update.getStatus()) {
            case OK -> new Outcome.Deployed();
            case UP_TO_DATE -> new Outcome.Unchanged();
            case AWAITING_REPORT -> throw new IOException("the host ended without telling how the push went");
            case NOT_ATTEMPTED,
                    REJECTED_NONFASTFORWARD,
                    REJECTED_NODELETE,
                    REJECTED_REMOTE_CHANGED,
                    REJECTED_OTHER_REASON,
                    NON_EXISTING ->
                new Outcome.Declined(
                        String.valueOf(update.getMessage() == null ? update.getStatus() : update.getMessage()), lines);
        };
    }
}
