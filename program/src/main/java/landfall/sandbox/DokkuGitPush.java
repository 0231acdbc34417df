package landfall.sandbox;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.UploadPack;

/**
 * {@code git push dokku@host:app} and {@code git ls-remote}: git's own protocol behind the forced command. The push
 * creates the app, and its pre-receive hook deploys: a failed deploy is a declined push.
 */
final class DokkuGitPush {
    /** Puts the line's beginning over git's "remote: ". */
    private static final String OVER = "\u001b[1G\u001b[K";

    private final DokkuHost host;

    DokkuGitPush(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("git-receive-pack", this::receive);
        commands.put("git-upload-pack", this::upload);
    }

    private String app(DokkuCall call) throws DokkuFailure {
        String app = call.argument(0).replace("'", "").replaceFirst("^/", "");
        DokkuHost.checkName(app);
        if (!host.isApp(app)) {
            // Its output would stand in the middle of git's protocol, so only complaints are shown.
            DokkuCall quiet = new DokkuCall(
                    List.of(),
                    true,
                    false,
                    false,
                    InputStream.nullInputStream(),
                    OutputStream.nullOutputStream(),
                    call.errStream());
            int exit = host.run(DokkuAccount.DOKKU, "apps:create " + app, quiet, running -> {});
            if (exit != 0) {
                throw new DokkuFailure(exit, "");
            }
        }
        return app;
    }

    private int receive(DokkuCall call) throws IOException, DokkuFailure {
        String app = app(call);
        try (DokkuRepository repository = DokkuRepository.of(host, app)) {
            ReceivePack pack = new ReceivePack(repository.git());
            pack.setAllowNonFastForwards(true);
            pack.setPreReceiveHook((receiving, commands) -> {
                DokkuCall hook = new DokkuCall(
                        List.of("git-hook", app),
                        false,
                        false,
                        false,
                        InputStream.nullInputStream(),
                        new Prompt(receiving.getMessageOutputStream()),
                        new Prompt(receiving.getMessageOutputStream()));
                hook(hook, app, repository, commands);
            });
            pack.receive(call.in(), call.outStream(), call.errStream());
        }
        return 0;
    }

    private int upload(DokkuCall call) throws IOException, DokkuFailure {
        String app = app(call);
        try (DokkuRepository repository = DokkuRepository.of(host, app);
                UploadPack pack = new UploadPack(repository.git())) {
            pack.upload(call.in(), call.outStream(), call.errStream());
        }
        return 0;
    }

    private void hook(DokkuCall call, String app, DokkuRepository repository, Collection<ReceiveCommand> commands) {
        for (ReceiveCommand command : commands) {
            if (!accepted(call, app, repository, command)) {
                // git runs one hook for all refs of a push: all or none.
                commands.forEach(each ->
                        each.setResult(ReceiveCommand.Result.REJECTED_OTHER_REASON, "pre-receive hook declined"));
                return;
            }
        }
    }

    private boolean accepted(DokkuCall call, String app, DokkuRepository repository, ReceiveCommand command) {
        try {
            String pushed = command.getRefName().replaceFirst("^refs/(heads|tags)/", "");
            String wanted = DokkuRepository.deployBranch(host, app);
            boolean chosen =
                    !host.store().get(DokkuHost.scope(app), "git.deploy-branch").isEmpty()
                            || !host.store().get("global", "git.deploy-branch").isEmpty();
            if (!pushed.equals(wanted)) {
                if (chosen) {
                    call.out(OVER + "-----> WARNING: deploy did not complete, you must push to " + wanted + ".\n");
                    call.out(OVER + "-----> for example, try 'git push <dokku> " + pushed + ":" + wanted + "'\n");
                    return true;
                }
                call.out(OVER + "-----> Set " + pushed + " as deploy-branch\n");
                host.store().set(DokkuHost.scope(app), "git.deploy-branch", pushed);
            }
            return deployed(call, app, repository, pushed, command.getNewId());
        } catch (DokkuFailure failure) {
            call.out(failure.text());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException | java.io.UncheckedIOException e) {
            // Nobody may be left to read why.
            host.log("git push to " + app + ": " + e);
            return false;
        }
    }

    private boolean deployed(DokkuCall call, String app, DokkuRepository repository, String branch, ObjectId commit)
            throws IOException, InterruptedException, DokkuFailure {
        if (commit.equals(ObjectId.zeroId())) {
            throw DokkuFailure.refused("sandbox: deleting a branch is not emulated");
        }
        String name = "source-" + Instant.now().toEpochMilli();
        Path folder = Files.createDirectories(
                host.store().folder().resolve("apps").resolve(app).resolve(name));
        repository.checkOut(commit, folder);
        ObjectId before = repository.git().resolve(Constants.R_HEADS + branch);
        return host.deploys().receive(call, app, name, new DokkuRepository.Update(branch, before, commit)) == 0;
    }

    /** What is printed must be seen while the build runs. */
    private static final class Prompt extends FilterOutputStream {
        Prompt(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            out.write(bytes, from, count);
            out.flush();
        }
    }
}
