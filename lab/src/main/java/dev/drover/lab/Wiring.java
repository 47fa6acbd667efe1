package dev.drover.lab;

/** The cables and bridges of a lab; see the picture at {@link Layout}. */
final class Wiring {
    /** No spanning tree, so no delay; group frames go everywhere; 300 s of memory (the default). */
    private static final String BRIDGE =
            "link add %s type bridge stp_state 0 forward_delay 0 mcast_snooping 0\n";

    private final Layout layout;

    Wiring(Layout layout) {
        this.layout = layout;
    }

    void connect() {
        var batch = new StringBuilder();
        batch.append(BRIDGE.formatted("data")).append(BRIDGE.formatted("mgmt"));
        batch.append("link set data up\nlink set mgmt up\n");
        for (int number : layout.numbers()) {
            String host = Layout.hostName(number);
            cable(batch, host + "-data", "data", Layout.UPLINK, layout.host(number));
            cable(batch, host + "-mgmt", "mgmt", Layout.MANAGEMENT, layout.host(number));
        }
        cable(batch, "client", "data", Layout.CLIENT_INTERFACE, layout.client());
        cable(batch, "mon", "mgmt", Layout.MANAGEMENT, layout.monitor());
        layout.networkSwitch().ip(batch.toString());
        for (int number : layout.numbers()) {
            layout.host(number)
                    .ip(
                            BRIDGE.formatted(Layout.VM_BRIDGE)
                                    + "link set up0 master vmbr0 up\nlink set vmbr0 up\n");
            address(layout.host(number), Layout.MANAGEMENT, Layout.managementAddress(number));
        }
        address(layout.client(), Layout.CLIENT_INTERFACE, Layout.CLIENT_ADDRESS);
        for (int number = 1; number <= Layout.MOST_MONITORS; number++) {
            address(layout.monitor(), Layout.MANAGEMENT, Layout.monitorAddress(number));
        }
    }

    private static void cable(
            StringBuilder batch, String port, String bridge, String end, Namespace where) {
        batch.append(
                "link add %s type veth peer name %s netns %s\nlink set %s master %s up\n"
                        .formatted(port, end, where.name(), port, bridge));
    }

    private static void address(Namespace where, String interfaceName, String address) {
        where.ip(
                "address add %s/24 dev %s\nlink set %s up\n"
                        .formatted(address, interfaceName, interfaceName));
    }
}
