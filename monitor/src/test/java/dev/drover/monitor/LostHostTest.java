package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.HostLost;
import dev.drover.api.HostMessage;
import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveOrder;
import dev.drover.api.SourceMessage;
import dev.drover.api.TargetMessage;
import dev.drover.api.VmMessage;
import dev.drover.api.link.LinkException;
import dev.drover.api.rest.Role;
import dev.drover.protocol.MovePlan;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What becomes of the VMs and moves of a host that is declared lost. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // before each test
class LostHostTest {
    @TempDir private Path state;

    private TestCluster cluster;
    private TestHost h1;
    private TestHost h2;

    @BeforeEach
    void start() throws Exception {
        cluster = TestCluster.start(state);
        h1 = cluster.host("h1", "vm");
        h2 = cluster.host("h2", "vm");
        cluster.createVm("vm", "h1");
    }

    @AfterEach
    void stop() {
        h1.close();
        h2.close();
        cluster.close();
    }

    private HttpResponse<String> declare(String host, String confirmed) throws Exception {
        return cluster.post(
                "/v1/hosts/" + host + "/declare-lost", "{\"confirm\":\"" + confirmed + "\"}");
    }

    /** As soon as the monitor knows that the host's link is closed; returns the VMs. */
    private String declareLost(String host) throws Exception {
        HttpResponse<String> declared = declare(host, host);
        while (declared.body().contains("is connected")) {
            declared = declare(host, host);
        }
        assertThat(declared.statusCode()).as(declared.body()).isEqualTo(200);
        return TestCluster.json(declared).get("vms").toString();
    }

    private String startMove(String target) throws Exception {
        HttpResponse<String> begun =
                cluster.post("/v1/moves", "{\"vm\":\"vm\",\"target\":\"" + target + "\"}");
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
        return TestCluster.json(begun).get("id").stringValue();
    }

    private JsonNode outcome(String move) throws Exception {
        JsonNode outcome = TestCluster.json(cluster.get("/v1/moves/" + move)).get("outcome");
        while (outcome.isNull()) {
            outcome = TestCluster.json(cluster.get("/v1/moves/" + move)).get("outcome");
        }
        return outcome;
    }

    private static String kind(JsonNode outcome) {
        return outcome.get("kind").stringValue() + " " + outcome.get("host").stringValue();
    }

    private boolean isLost() throws Exception {
        return cluster.vm("vm").get("lost").booleanValue();
    }

    private void assertIsRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        assertThat(answer.body()).contains("Host h1 was declared lost");
    }

    @Test
    void itIsDeclaredOnlyByNameByAnAdministratorAndWhenItIsNotConnected() throws Exception {
        HttpResponse<String> connected = declare("h1", "h1");
        assertThat(connected.statusCode()).isEqualTo(409);
        assertThat(connected.body()).contains("Host h1 is connected").contains("power it off");
        h1.close();
        for (String body : new String[] {"{}", "{\"confirm\":\"h2\"}", "{\"confirm\":1}"}) {
            HttpResponse<String> wrong = cluster.post("/v1/hosts/h1/declare-lost", body);
            assertThat(wrong.statusCode()).as(body).isEqualTo(400);
            assertThat(wrong.body()).contains("confirm");
        }
        assertThat(declare("h9", "h9").statusCode()).isEqualTo(404);
        String confirmed = "{\"confirm\":\"h1\"}";
        assertThat(
                        cluster.postAs(Role.OPERATOR, "/v1/hosts/h1/declare-lost", confirmed)
                                .statusCode())
                .isEqualTo(403);
        assertThat(isLost()).isFalse();
        h1 = cluster.host("h1", "vm");
    }

    @Test
    void itsVmsCanOnlyBeDestroyed() throws Exception {
        h1.close();
        assertThat(declareLost("h1")).isEqualTo("[{\"name\":\"vm\",\"epoch\":2}]");
        assertThat(isLost()).isTrue();
        assertThat(cluster.vm("vm").get("epoch").intValue()).isEqualTo(2);
        assertIsRefused(cluster.post("/v1/vms/vm/wake", ""));
        assertIsRefused(cluster.post("/v1/vms/vm/sleep", ""));
        assertIsRefused(cluster.post("/v1/vms/vm/stop", "{\"patienceSeconds\":0}"));
        assertIsRefused(cluster.post("/v1/moves", "{\"vm\":\"vm\",\"target\":\"h2\"}"));
        assertThatThrownBy(() -> cluster.createVm("vm2", "h1"))
                .hasMessageContaining("Host h1 was declared lost");
        assertThat(cluster.vm("vm").get("epoch").intValue()).isEqualTo(2);
        assertThat(cluster.delete("/v1/vms/vm").statusCode()).isEqualTo(204);
        assertThat(cluster.get("/v1/vms/vm").statusCode()).isEqualTo(404);
        cluster.createVm("vm", "h2");
        assertThat(isLost()).isFalse();
        assertThat(declareLost("h1")).isEqualTo("[{\"name\":\"vm\",\"epoch\":2}]");
        assertThat(cluster.vm("vm").get("epoch").intValue()).isEqualTo(1);
    }

    @Test
    void itIsRefusedForEver() throws Exception {
        h1.close();
        assertThat(declareLost("h1")).contains("\"epoch\":2");
        assertHelloIsRefused();
        h2.close();
        cluster.restart();
        assertHelloIsRefused();
        h2 = cluster.host("h2", "vm");
        assertThat(isLost()).isTrue();
        assertThat(declareLost("h1")).as("the same again").contains("\"epoch\":2");
        JsonNode host = TestCluster.json(cluster.get("/v1/hosts/h1"));
        assertThat(host.get("lost").booleanValue()).isTrue();
        assertThat(host.get("connected").booleanValue()).isFalse();
    }

    private void assertHelloIsRefused() throws Exception {
        try (TestHost back = cluster.silentHost("h1", "vm")) {
            assertThatThrownBy(back::hello)
                    .hasMessageContaining("Host h1 was declared lost")
                    .isInstanceOfSatisfying(
                            LinkException.class, e -> assertThat(HostLost.isSaidBy(e)).isTrue());
            assertThatThrownBy(() -> back.say(new MonitorMessage.Surprise("vm", "m", "why")))
                    .hasMessageContaining("Host h1 was declared lost");
        }
    }

    @Test
    void aVmWhoseMoveFromItWasNotCommittedIsLost() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        h2.slowIn(TargetMessage.Pull.class, never);
        String move = startMove("h2");
        h2.nextOf(TargetMessage.Pull.class);
        h1.close();
        assertThat(declareLost("h1")).isEqualTo("[{\"name\":\"vm\",\"epoch\":3}]");
        assertThat(kind(outcome(move))).isEqualTo("ROLLED_BACK h1");
        h2.nextOf(TargetMessage.Discard.class);
        assertThat(isLost()).isTrue();
    }

    @Test
    void aVmWhoseMoveFromItWasCommittedLivesOnAtTheTarget() throws Exception {
        CountDownLatch resumed = new CountDownLatch(1);
        h2.slowIn(TargetMessage.Resume.class, resumed);
        String move = startMove("h2");
        h2.nextOf(TargetMessage.Resume.class);
        h1.close();
        assertThat(declareLost("h1")).isEqualTo("[]");
        resumed.countDown();
        assertThat(kind(outcome(move))).isEqualTo("MOVED h2");
        assertThat(isLost()).isFalse();
        assertThat(declareLost("h1")).isEqualTo("[]");
        assertThat(cluster.post("/v1/vms/vm/sleep", "").statusCode()).isEqualTo(204);
    }

    @Test
    void aVmWhoseMoveToItWasNotCommittedStays() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        h2.slowIn(TargetMessage.Vote.class, never);
        String move = startMove("h2");
        h2.nextOf(TargetMessage.Vote.class);
        h2.close();
        assertThat(declareLost("h2")).isEqualTo("[]");
        assertThat(kind(outcome(move))).isEqualTo("ROLLED_BACK h1");
        assertThat(h1.nextOf(SourceMessage.RollBack.class).epoch()).isEqualTo(2);
        assertThat(isLost()).isFalse();
        assertThat(cluster.post("/v1/vms/vm/sleep", "").statusCode()).isEqualTo(204);
    }

    @Test
    void aVmWhoseMoveToItWasCommittedIsLostAndTheSourceKeepsItsCopyUntilItIsDestroyed()
            throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        h2.slowIn(TargetMessage.Resume.class, never);
        String move = startMove("h2");
        MoveOrder order = h2.nextOf(TargetMessage.Resume.class).order();
        h2.close();
        assertThat(declareLost("h2")).isEqualTo("[{\"name\":\"vm\",\"epoch\":3}]");
        assertThat(kind(outcome(move))).isEqualTo("SUPERSEDED h2");
        assertThat(isLost()).isTrue();
        assertThat(declareLost("h2")).isEqualTo("[{\"name\":\"vm\",\"epoch\":3}]");
        MoveOrder other = withPlan(order, new MovePlan("gone", "vm", "h3", "h1", 1, true));
        // In this order; so what the second leads to proves that the first led to nothing.
        h1.hello(part(dev.drover.protocol.Role.SOURCE, order), part(TARGET, other));
        HostMessage next = h1.next();
        while (!(next instanceof TargetMessage.Discard)) {
            assertThat(next).isNotInstanceOf(SourceMessage.Release.class);
            next = h1.next();
        }
        assertThat(cluster.delete("/v1/vms/vm").statusCode()).isEqualTo(204);
        h1.nextOf(SourceMessage.Release.class);
    }

    private static final dev.drover.protocol.Role TARGET = dev.drover.protocol.Role.TARGET;

    private static MoveOrder withPlan(MoveOrder order, MovePlan plan) {
        return new MoveOrder(
                order.term(),
                plan,
                order.vm(),
                Optional.empty(),
                order.source(),
                order.target(),
                order.sourceFacts(),
                Optional.empty());
    }

    private static MonitorMessage.Holding part(dev.drover.protocol.Role role, MoveOrder order) {
        return new MonitorMessage.Holding(
                "vm",
                MonitorMessage.Condition.UNCLEAR,
                Optional.of(new MonitorMessage.Part(role, order)));
    }

    @Test
    void aVerbThatItDoesNotAnswerAnyMoreIsOverBeforeItsVmIsLost() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        h1.slowIn(VmMessage.Sleep.class, never);
        Thread verb =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                cluster.post("/v1/vms/vm/sleep", "");
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });
        assertThat(h1.nextOf(VmMessage.Sleep.class).epoch()).isEqualTo(2);
        h1.close();
        assertThat(declareLost("h1")).isEqualTo("[{\"name\":\"vm\",\"epoch\":3}]");
        verb.join();
        assertThat(isLost()).isTrue();
    }
}
