package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.SourceMessage;
import dev.drover.api.TargetMessage;
import dev.drover.api.rest.Role;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What becomes of the VMs a to c of h1, when it is evacuated. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // before each test
class EvacuationTest {
    @TempDir private Path state;

    private TestCluster cluster;
    private TestHost h1;
    private TestHost h2;
    private TestHost h3;

    @BeforeEach
    void start() throws Exception {
        cluster = TestCluster.start(state);
        h1 = cluster.host("h1", "a");
        h2 = cluster.host("h2", "a");
        h3 = cluster.host("h3", "a");
        for (String vm : List.of("a", "b", "c")) {
            cluster.createVm(vm, "h1");
        }
    }

    @AfterEach
    void stop() {
        h1.close();
        h2.close();
        h3.close();
        cluster.close();
    }

    private String evacuate() throws Exception {
        HttpResponse<String> begun = cluster.post("/v1/hosts/h1/evacuate", "");
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
        return TestCluster.json(begun).get("id").stringValue();
    }

    private JsonNode view(String id) throws Exception {
        HttpResponse<String> view = cluster.get("/v1/evacuations/" + id);
        assertThat(view.statusCode()).as(view.body()).isEqualTo(200);
        return TestCluster.json(view);
    }

    private JsonNode end(String id) throws Exception {
        JsonNode view = view(id);
        while (view.get("stage").stringValue().equals("RUNNING")) {
            view = view(id);
        }
        return view;
    }

    /** What became of a VM, and where it went. */
    private static String vm(JsonNode evacuation, String name) {
        for (JsonNode vm : evacuation.get("vms")) {
            if (vm.get("name").stringValue().equals(name)) {
                JsonNode target = vm.get("target");
                return vm.get("outcome").stringValue()
                        + (target.isNull() ? "" : " " + target.stringValue());
            }
        }
        throw new AssertionError("No VM " + name + " in " + evacuation);
    }

    private static String why(JsonNode evacuation) {
        return evacuation.get("vms").get(0).get("why").toString();
    }

    private String hostOf(String vm) throws Exception {
        return cluster.vm(vm).get("host").stringValue();
    }

    @Test
    void eachVmGoesToTheHostWithTheFewestWhetherItRunsOrRests() throws Exception {
        cluster.createVm("x", "h2");
        assertThat(cluster.post("/v1/vms/c/sleep", "").statusCode()).isEqualTo(204);
        JsonNode end = end(evacuate());
        assertThat(end.get("stage").stringValue()).isEqualTo("ENDED");
        assertThat(end.get("total").intValue()).isEqualTo(3);
        assertThat(end.get("done").intValue()).isEqualTo(3);
        assertThat(end.get("move").isNull()).isTrue();
        assertThat(vm(end, "a")).isEqualTo("MOVED h3");
        assertThat(vm(end, "b")).as("each has one; by name").isEqualTo("MOVED h2");
        assertThat(vm(end, "c")).as("h3 has one, h2 two").isEqualTo("MOVED h3");
        assertThat(hostOf("a") + hostOf("b") + hostOf("c")).isEqualTo("h3h2h3");
        assertThat(cluster.vm("c").get("wanted").stringValue()).isEqualTo("ASLEEP");
        JsonNode host = TestCluster.json(cluster.get("/v1/hosts/h1"));
        assertThat(host.get("cordoned").booleanValue()).isTrue();
        assertThat(cluster.get("/v1/evacuations").body()).contains(end.get("id").stringValue());
    }

    @Test
    void whereOneHostRefusesAVmTheNextIsTriedEachOnce() throws Exception {
        h2.refusing(true);
        JsonNode end = end(evacuate());
        assertThat(vm(end, "a")).isEqualTo("MOVED h3");
        assertThat(why(end)).contains("Host h2:").contains("There is no room");
    }

    @Test
    void aVmThatNobodyTakesRunsOnAndTheReasonsAreTold() throws Exception {
        h2.refusing(true);
        cluster.post("/v1/hosts/h3/cordon", "");
        JsonNode end = end(evacuate());
        assertThat(end.get("stage").stringValue()).isEqualTo("ENDED");
        assertThat(vm(end, "a") + vm(end, "b")).isEqualTo("FAILEDFAILED");
        assertThat(why(end)).containsOnlyOnce("There is no room");
        assertThat(hostOf("a")).isEqualTo("h1");
        cluster.post("/v1/hosts/h2/cordon", "");
        assertThat(why(end(evacuate())))
                .contains("No other host is connected, takes VMs, and may have this one");
    }

    @Test
    void whenItIsCancelledTheMoveUnderWayIsUndoneAndNoOtherBegins() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        h2.slowIn(TargetMessage.Pull.class, never);
        String id = evacuate();
        h2.nextOf(TargetMessage.Pull.class);
        JsonNode now = view(id);
        assertThat(vm(now, "a")).isEqualTo("MOVING h2");
        assertThat(vm(now, "b")).isEqualTo("WAITING");
        assertThat(now.get("done").intValue()).isZero();
        String move = cluster.vm("a").get("move").stringValue();
        assertThat(now.get("move").stringValue()).isEqualTo(move);
        assertThat(evacuate()).as("the same").isEqualTo(id);
        String cancel = "/v1/evacuations/" + id + "/cancel";
        assertThat(cluster.postAs(Role.VIEWER, cancel, "").statusCode()).isEqualTo(403);
        assertThat(cluster.post(cancel, "").statusCode()).isEqualTo(202);
        JsonNode end = end(id);
        assertThat(end.get("stage").stringValue()).isEqualTo("CANCELLED");
        assertThat(vm(end, "a")).isEqualTo("FAILED");
        assertThat(why(end)).contains("It was cancelled by certificate user");
        assertThat(vm(end, "b")).isEqualTo("WAITING");
        assertThat(hostOf("a") + hostOf("b")).isEqualTo("h1h1");
        assertThat(cluster.post(cancel, "").statusCode()).isEqualTo(409);
    }

    private void restart() throws Exception {
        cluster.restart(Duration.ofSeconds(30));
        for (TestHost host : List.of(h1, h2, h3)) {
            host.close();
        }
        h1 = cluster.host("h1", "a");
        h2 = cluster.host("h2", "a");
        h3 = cluster.host("h3", "a");
    }

    @Test
    void anotherLeaderGoesOnWithIt() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        h3.slowIn(TargetMessage.Pull.class, never);
        cluster.createVm("x", "h2");
        String id = evacuate();
        h3.nextOf(TargetMessage.Pull.class);
        restart();
        assertThat(evacuate()).as("the same").isEqualTo(id);
        JsonNode end = end(id);
        assertThat(end.get("stage").stringValue()).isEqualTo("ENDED");
        assertThat(end.get("done").intValue()).isEqualTo(3);
        assertThat(hostOf("a") + hostOf("b") + hostOf("c")).isEqualTo("h3h2h3");
        restart();
        assertThat(view(id)).as("remembered").isEqualTo(end);
        HttpResponse<String> none = cluster.get("/v1/evacuations/none");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(cluster.post("/v1/hosts/h9/evacuate", "").statusCode()).isEqualTo(404);
    }

    @Test
    void anotherLeaderLeavesAHostAloneThatIsNotCordonedAnyMore() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        h2.slowIn(TargetMessage.Pull.class, never);
        String id = evacuate();
        h2.nextOf(TargetMessage.Pull.class);
        cluster.post("/v1/hosts/h1/uncordon", "");
        restart();
        JsonNode end = end(id);
        assertThat(end.get("stage").stringValue()).isEqualTo("CANCELLED");
        assertThat(hostOf("b")).isEqualTo("h1");
    }

    @Test
    void anotherLeaderGoesNotOnWithWhatWasCancelled() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        h2.slowIn(TargetMessage.Pull.class, never);
        h1.slowIn(SourceMessage.RollBack.class, never);
        String id = evacuate();
        h2.nextOf(TargetMessage.Pull.class);
        cluster.post("/v1/evacuations/" + id + "/cancel", "");
        restart();
        JsonNode end = end(id);
        assertThat(end.get("stage").stringValue()).isEqualTo("CANCELLED");
        assertThat(hostOf("a") + hostOf("b") + hostOf("c")).isEqualTo("h1h1h1");
    }
}
