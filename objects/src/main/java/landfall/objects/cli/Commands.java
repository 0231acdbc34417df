package landfall.objects.cli;

import landfall.objects.Configuration;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** All commands, and how their errors are shown: a sentence, not a stack trace. */
@Command(
        name = "objects",
        mixinStandardHelpOptions = true,
        versionProvider = Commands.Version.class,
        description = "An S3-compatible object store over a folder of plain files.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  OBJECTS_DATA=/srv/objects objects serve",
            "  objects bucket-create uploads --quota 20G",
            "  objects user-create uro --bucket uploads"
        },
        subcommands = {
            Serve.class,
            RebuildIndex.class,
            UserCommands.Create.class,
            UserCommands.ListAll.class,
            UserCommands.Destroy.class,
            UserCommands.Key.class,
            BucketCommands.Create.class,
            BucketCommands.Change.class,
            BucketCommands.ListAll.class,
            BucketCommands.Destroy.class,
            BucketCommands.Scrub.class,
            BucketCommands.Adopt.class,
            ReadThroughOptions.Fetch.class,
            BucketCommands.Health.class,
            ArchiveCommands.Export.class,
            ArchiveCommands.Import.class,
            ArchiveCommands.Store.class
        })
public final class Commands {
    private Commands() {}

    /** Errors exit with 1, misuse with 2. */
    public static CommandLine all() {
        CommandLine commands = new CommandLine(new Commands());
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        commands.setExecutionExceptionHandler((failed, line, parsed) -> {
            if (failed instanceof IllegalArgumentException || failed instanceof Configuration.Unfit) {
                line.getErr().println("objects: " + failed.getMessage());
                return CommandLine.ExitCode.USAGE;
            }
            line.getErr().println("objects: " + failed.getMessage());
            if (System.getenv("OBJECTS_DEBUG") != null) {
                failed.printStackTrace(line.getErr());
            }
            return CommandLine.ExitCode.SOFTWARE;
        });
        return commands;
    }

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Commands.class.getPackage().getImplementationVersion();
            return new String[] {"objects " + (version == null ? "(built from source)" : version)};
        }
    }
}
