package landfall.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.dokku.DokkuCommand;
import landfall.recipe.MoveFolder;
import landfall.sandbox.DokkuFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the way on a host is told before anything on it is changed. */
class PreflightTest {
    @TempDir
    Path folder;

    @Test
    void everythingInTheWayIsToldAtOnceAndNothingIsChanged() throws Exception {
        try (TestHost host = TestHost.start(folder.resolve("host"))) {
            for (String command : new String[] {
                "apps:create other",
                "domains:set other taken.example",
                "scheduler:set --global selected k3s",
                "proxy:set --global type haproxy"
            }) {
                assertThat(host.host().run(DokkuCommand.of(command.split(" "))).succeeded())
                        .as(command)
                        .isTrue();
            }
            host.dokku().misbehave(new DokkuFault.WithoutPlugin("postgres"));
            MoveFolder move = TestHost.move(folder.resolve("move"), """
                    - tasks:
                        - dokku_app: {app: web}
                        - dokku_domains: {app: web, domains: [free.example, taken.example]}
                        - dokku_checks_property: {app: elsewhere, property: wait-to-retire, value: "5"}
                        - dokku_service_create: {service: postgres, name: web-db}
                    """);
            LandfallException refused = catchThrowableOfType(LandfallException.class, () -> host.apply(move));
            assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(refused.problems()).hasSize(5);
            assertThat(refused.problems().toString())
                    .contains(
                            "taken.example for web belongs to the app other",
                            "scheduler of new apps on the host is k3s",
                            "proxy of new apps on the host is haproxy",
                            "no postgres plugin",
                            "no app elsewhere");
            assertThat(host.host().appExists("web")).isFalse();
        }
    }

    @Test
    void anApplyThatChangesNothingAsksNothingMore() throws Exception {
        try (TestHost host = TestHost.start(folder.resolve("host"))) {
            MoveFolder move = TestHost.move(folder.resolve("move"), """
                    - tasks:
                        - dokku_app: {app: web}
                        - dokku_domains: {app: web, domains: [free.example], state: set}
                        - dokku_ps_property: {app: web, property: stop-timeout-seconds, value: "5"}
                    """);
            assertThat(host.apply(move).changed()).isEqualTo(3);
            Applier.Outcome second = host.apply(move);
            assertThat(second.changed()).isZero();
            assertThat(second.roundTrips()).isEqualTo(1);
        }
    }
}
