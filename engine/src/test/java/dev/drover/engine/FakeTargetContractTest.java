package dev.drover.engine;

class FakeTargetContractTest extends TargetHostContract {
    private final TwoHosts hosts = new FakeHosts();

    @Override
    protected TwoHosts hosts() {
        return hosts;
    }
}
