package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.rest.Role;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a cordoned host takes, and how long it is cordoned. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // before each test
class CordonTest {
    @TempDir private Path state;

    @Test
    void aCordonedHostTakesNoVmsUntilItIsUncordoned() throws Exception {
        try (TestCluster cluster = TestCluster.start(state);
                TestHost _ = cluster.host("h1", "vm");
                TestHost _ = cluster.host("h2", "vm")) {
            cluster.createVm("vm", "h1");
            assertThat(isCordoned(cluster)).isFalse();
            assertThat(post(cluster, "cordon")).isEqualTo(204);
            assertThat(post(cluster, "cordon")).isEqualTo(204);
            assertThat(isCordoned(cluster)).isTrue();
            assertThatThrownBy(() -> cluster.createVm("vm2", "h2"))
                    .hasMessageContaining("Host h2 is cordoned")
                    .hasMessageContaining("/v1/hosts/h2/uncordon");
            HttpResponse<String> refused = move(cluster);
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("Host h2 is cordoned");
            assertThat(post(cluster, "uncordon")).isEqualTo(204);
            assertThat(post(cluster, "uncordon")).isEqualTo(204);
            assertThat(isCordoned(cluster)).isFalse();
            assertThat(move(cluster).statusCode()).isEqualTo(202);
        }
    }

    @Test
    void neitherAHelloNorAnotherLeaderClearsIt() throws Exception {
        try (TestCluster cluster = TestCluster.start(state)) {
            try (TestHost _ = cluster.host("h1", "vm");
                    TestHost h2 = cluster.host("h2", "vm")) {
                cluster.createVm("vm", "h1");
                assertThat(post(cluster, "cordon")).isEqualTo(204);
                h2.hello();
                assertThat(isCordoned(cluster)).isTrue();
            }
            cluster.restart();
            try (TestHost _ = cluster.host("h1", "vm");
                    TestHost _ = cluster.host("h2", "vm")) {
                assertThat(isCordoned(cluster)).isTrue();
                assertThat(move(cluster).statusCode()).isEqualTo(409);
                assertThat(post(cluster, "uncordon")).isEqualTo(204);
                assertThat(isCordoned(cluster)).isFalse();
            }
        }
    }

    @Test
    void onlyAnOperatorCordonsAndOnlyAHostThatThereIs() throws Exception {
        try (TestCluster cluster = TestCluster.start(state);
                TestHost _ = cluster.host("h2", "vm")) {
            String path = "/v1/hosts/h2/cordon";
            assertThat(cluster.postAs(Role.VIEWER, path, "").statusCode()).isEqualTo(403);
            assertThat(cluster.postAs(Role.OPERATOR, path, "").statusCode()).isEqualTo(204);
            assertThat(cluster.post("/v1/hosts/h9/cordon", "").statusCode()).isEqualTo(404);
            assertThat(cluster.post("/v1/hosts/h9/uncordon", "").statusCode()).isEqualTo(404);
        }
    }

    private static int post(TestCluster cluster, String verb) throws Exception {
        return cluster.post("/v1/hosts/h2/" + verb, "").statusCode();
    }

    private static boolean isCordoned(TestCluster cluster) throws Exception {
        return TestCluster.json(cluster.get("/v1/hosts/h2")).get("cordoned").booleanValue();
    }

    private static HttpResponse<String> move(TestCluster cluster) throws Exception {
        return cluster.post("/v1/moves", "{\"vm\":\"vm\",\"target\":\"h2\"}");
    }
}
