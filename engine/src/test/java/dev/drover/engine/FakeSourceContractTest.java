package dev.drover.engine;

class FakeSourceContractTest extends SourceHostContract {
    private final TwoHosts hosts = new FakeHosts();

    @Override
    protected TwoHosts hosts() {
        return hosts;
    }
}
