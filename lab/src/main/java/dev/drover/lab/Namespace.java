package dev.drover.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A network namespace with a name, as {@code ip netns} keeps them: a mount of its nsfs inode on a
 * file under /run/netns (ip-netns(8)).
 *
 * @param name as {@code ip netns list} shows it
 */
public record Namespace(String name) {
    private static final Path DIRECTORY = Path.of("/run/netns");

    /** The file that holds the namespace. */
    public Path file() {
        return DIRECTORY.resolve(name);
    }

    /** True when something of this name exists, ours or not. */
    public boolean exists() {
        return Files.exists(file(), LinkOption.NOFOLLOW_LINKS);
    }

    /** The inode by which the kernel tells namespaces apart; empty when there is none. */
    public OptionalLong identity() {
        try {
            return OptionalLong.of((long) Files.getAttribute(file(), "unix:ino"));
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }

    /**
     * The command that runs {@code words} in this namespace, as the very process that is started
     * (no child, no other mounts).
     *
     * <p>/sys/class/net goes on showing the interfaces of the namespace in which /sys was mounted;
     * /proc/net and netlink follow the process. Read counters with {@link InterfaceCounters}.
     */
    public List<String> command(List<String> words) {
        var command = new ArrayList<>(List.of("nsenter", "--net=" + file(), "--"));
        command.addAll(words);
        return List.copyOf(command);
    }

    /** Runs a tool in this namespace to its end; see {@link Command#run(String...)}. */
    public String run(String... words) {
        return Command.run(command(List.of(words)), "");
    }

    /** Performs commands of ip(8), one a line, in this namespace; stops at the first that fails. */
    public void ip(String batch) {
        Command.run(List.of("ip", "-n", name, "-batch", "-"), batch);
    }

    /**
     * Counters of one interface.
     *
     * @throws LabException when there is no such interface
     */
    public InterfaceCounters counters(String interfaceName) {
        return InterfaceCounters.parse(run("cat", "/proc/net/dev"), interfaceName);
    }

    /** Makes the namespace, its loopback up and IPv6 off. */
    void add() {
        Command.run("ip", "netns", "add", name);
        run(
                "sh",
                "-c",
                "for c in all default; do f=/proc/sys/net/ipv6/conf/$c/disable_ipv6;"
                        + " [ ! -e $f ] || echo 1 > $f; done; exec ip link set lo up");
    }

    /** Removes the name; the namespace goes when its last process is gone. */
    void delete() {
        try {
            Command.run("ip", "netns", "delete", name);
        } catch (LabException e) {
            // A file that never became a mount (killed in between) cannot be unmounted.
            try {
                Files.deleteIfExists(file());
            } catch (IOException stuck) {
                e.addSuppressed(stuck);
                throw e;
            }
        }
    }
}
