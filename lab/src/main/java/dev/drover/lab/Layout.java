package dev.drover.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who is where in a lab.
 *
 * <pre>
 *   PREFIX-client            PREFIX-h1                 PREFIX-h2 ...          PREFIX-mon
 *   data0 10.77.0.100        vmbr0 - up0  mgmt0 .1     vmbr0 - up0  mgmt0 .2  mgmt0 10.78.0.250...
 *     |                               |     |                   |     |         |
 *   [ data: client,                h1-data  |                h2-data  |       ]   PREFIX-sw
 *   [ mgmt:                              h1-mgmt                   h2-mgmt mon ]  (two bridges)
 * </pre>
 *
 * Interfaces have the same names in every lab, since each lies in a namespace of its own;
 * namespaces bear the prefix, so several labs live side by side.
 *
 * @param prefix of the namespaces' names: 1 to 9 lower-case letters and digits, a letter first
 * @param hosts how many, 1 to 99
 */
public record Layout(String prefix, int hosts) {
    /** The prefix of the demo. */
    public static final String DEFAULT_PREFIX = "drover";

    /** The bridge of VMs in each host. */
    public static final String VM_BRIDGE = "vmbr0";

    /** The port of {@link #VM_BRIDGE} that leads to the switch. */
    public static final String UPLINK = "up0";

    /** The interface over which hosts and monitor talk. */
    public static final String MANAGEMENT = "mgmt0";

    /** The client's interface. */
    public static final String CLIENT_INTERFACE = "data0";

    /** The client's address. */
    public static final String CLIENT_ADDRESS = "10.77.0.100";

    /** The guest's address. */
    public static final String GUEST_ADDRESS = "10.77.0.10";

    /** The guest's hardware address. */
    public static final String GUEST_MAC = "52:54:00:77:00:0a";

    /** The address of the first monitor. */
    public static final String MONITOR_ADDRESS = monitorAddress(1);

    /** At most; all of them lie in one namespace. */
    public static final int MOST_MONITORS = 5;

    /** Throws {@link IllegalArgumentException} that says what is wrong. */
    public Layout {
        if (!prefix.matches("[a-z][a-z0-9]{0,8}")) {
            throw new IllegalArgumentException(
                    "A lab's prefix is 1 to 9 lower-case letters and digits, a letter first, not '"
                            + prefix
                            + "'");
        }
        if (hosts < 1 || hosts > 99) {
            throw new IllegalArgumentException("A lab has 1 to 99 hosts, not " + hosts);
        }
    }

    /** Numbers of the hosts, from 1. */
    public List<Integer> numbers() {
        return IntStream.rangeClosed(1, hosts).boxed().toList();
    }

    /** The name of a host: {@code h1}, {@code h2}... */
    public static String hostName(int number) {
        return "h" + number;
    }

    /** The management address of a host: {@code 10.78.0.N}. */
    public static String managementAddress(int number) {
        return "10.78.0." + number;
    }

    /** The address of a monitor, 1 to 5: {@code 10.78.0.250}, {@code .251}... */
    public static String monitorAddress(int number) {
        return "10.78.0." + (249 + number);
    }

    /** The namespace of a host. */
    public Namespace host(int number) {
        return named(hostName(number));
    }

    /** The namespace of the switch. */
    public Namespace networkSwitch() {
        return named("sw");
    }

    /** The namespace of the client. */
    public Namespace client() {
        return named("client");
    }

    /** The namespace of the monitor. */
    public Namespace monitor() {
        return named("mon");
    }

    /** All namespaces, the switch first. */
    public List<Namespace> namespaces() {
        var all = new ArrayList<>(List.of(networkSwitch(), client(), monitor()));
        numbers().forEach(number -> all.add(host(number)));
        return List.copyOf(all);
    }

    private Namespace named(String role) {
        return new Namespace(prefix + "-" + role);
    }
}
