package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.VmMessage;
import dev.drover.api.rest.Role;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a cluster keeps of VMs that were destroyed. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // before each test
@Tag("slow")
class KeptVolumesTest {
    @TempDir private Path state;

    private TestCluster cluster;
    private TestHost h1;
    private TestHost h2;

    @BeforeEach
    void start() throws Exception {
        cluster = TestCluster.start(state);
        h1 = cluster.host("h1", "vm");
        h2 = cluster.host("h2", "other");
        cluster.createVm("vm", "h1");
        cluster.createVm("other", "h2");
    }

    @AfterEach
    void stop() {
        h1.close();
        h2.close();
        cluster.close();
    }

    private JsonNode volumes() throws Exception {
        return TestCluster.json(cluster.get("/v1/volumes"));
    }

    private int delete(String path) throws Exception {
        return cluster.delete(path).statusCode();
    }

    private Optional<Duration> told() throws Exception {
        return h1.nextOf(VmMessage.Destroy.class).keep();
    }

    @Test
    void aHostIsToldHowLongToKeepAVolume() throws Exception {
        assertThat(delete("/v1/vms/vm?keepSeconds=-1")).isEqualTo(400);
        assertThat(delete("/v1/vms/vm?keepSeconds=1000000000")).isEqualTo(400);
        assertThat(delete("/v1/vms/vm")).isEqualTo(204);
        assertThat(told()).contains(Duration.ofDays(7));
        cluster.createVm("vm", "h1");
        assertThat(delete("/v1/vms/vm?keepSeconds=60")).isEqualTo(204);
        assertThat(told()).contains(Duration.ofMinutes(1));
        cluster.createVm("vm", "h1");
        assertThat(delete("/v1/vms/vm?keepSeconds=0")).isEqualTo(204);
        assertThat(told()).isEmpty();
    }

    @Test
    void whatIsKeptIsListedUntilItIsRemoved() throws Exception {
        assertThat(volumes().get("items")).isEmpty();
        assertThat(delete("/v1/vms/vm")).isEqualTo(204);
        assertThat(delete("/v1/vms/other?keepSeconds=60")).isEqualTo(204);
        JsonNode all = volumes();
        assertThat(all.get("items").findValuesAsString("id")).containsExactly("other-h2", "vm-h1");
        JsonNode other = all.get("items").get(0);
        assertThat(other.get("vm").stringValue()).isEqualTo("other");
        assertThat(other.get("host").stringValue()).isEqualTo("h2");
        assertThat(other.get("path").stringValue()).isEqualTo("/kept/other-h2/disk.raw");
        assertThat(other.get("keptUntil").stringValue()).isEqualTo("1970-01-01T00:01:00Z");
        assertThat(all.get("away")).isEmpty();
        assertThat(TestCluster.json(cluster.get("/v1/volumes?limit=1")).get("next").stringValue())
                .isEqualTo("other-h2");
        assertThat(delete("/v1/volumes/other-h2")).isEqualTo(204);
        assertThat(delete("/v1/volumes/other-h2")).isEqualTo(404);
        assertThat(volumes().get("items").findValuesAsString("id")).containsExactly("vm-h1");
    }

    @Test
    void hostsThatDoNotAnswerAreNamed() throws Exception {
        assertThat(delete("/v1/vms/vm")).isEqualTo(204);
        h2.close();
        CountDownLatch never = new CountDownLatch(1);
        try (TestHost h3 = cluster.host("h3", "")) {
            h3.slowIn(VmMessage.AskKept.class, never);
            JsonNode all = volumes();
            assertThat(all.get("items").findValuesAsString("id")).containsExactly("vm-h1");
            assertThat(all.get("away").valueStream().map(JsonNode::stringValue))
                    .containsExactly("h2", "h3");
        }
        HttpResponse<String> none = cluster.delete("/v1/volumes/other-h2");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("on a host that is away: [h2, h3]");
    }

    @Test
    void aHostThatWasLostIsNotAskedAndItsVmsAreDestroyedAllTheSame() throws Exception {
        h2.close();
        String body = "{\"confirm\":\"h2\"}";
        assertThat(cluster.post("/v1/hosts/h2/declare-lost", body).statusCode()).isEqualTo(200);
        assertThat(delete("/v1/vms/other")).isEqualTo(204);
        assertThat(volumes().get("away")).isEmpty();
        assertThat(volumes().get("items")).isEmpty();
    }

    @Test
    void aViewerLooksAndOnlyAnAdministratorRemoves() throws Exception {
        assertThat(delete("/v1/vms/vm")).isEqualTo(204);
        assertThat(cluster.as(Role.VIEWER, "GET", "/v1/volumes").statusCode()).isEqualTo(200);
        assertThat(cluster.as(Role.OPERATOR, "DELETE", "/v1/volumes/vm-h1").statusCode())
                .isEqualTo(403);
        assertThat(volumes().get("items")).hasSize(1);
    }
}
