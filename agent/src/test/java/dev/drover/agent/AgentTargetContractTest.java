package dev.drover.agent;

import dev.drover.engine.TargetHostContract;
import dev.drover.engine.TwoHosts;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The target of a running VM, as the monitor reaches it. */
class AgentTargetContractTest extends TargetHostContract {
    @TempDir Path temp;
    private TwoAgents hosts;

    @BeforeEach
    void start() throws IOException {
        hosts = new TwoAgents(temp, FakeHost.SPEC, true);
    }

    @AfterEach
    void stop() throws IOException {
        hosts.close();
    }

    @Override
    protected TwoHosts hosts() {
        return hosts;
    }
}
