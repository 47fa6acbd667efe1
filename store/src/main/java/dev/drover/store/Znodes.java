package dev.drover.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.drover.protocol.Active;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where things lie in ZooKeeper, and how they are written there. All of it:
 *
 * <pre>
 *   /drover/version       the version of this layout, a number
 *          /vms/NAME            the VM's specification and what is wanted of it, JSON
 *          /vms/NAME/active     "EPOCH HOST": the record
 *          /moves/ID            order and state of a move, JSON
 *          /hosts/NAME          what is known of a host, JSON
 *          /cordoned/NAME       is there while that host takes no VMs
 *          /lost/NAME           that host never comes back: the VMs lost with it, JSON
 *          /evacuations/ID      how far a host is with being rid of its VMs, JSON
 *          /tokens/NAME         whom a bearer token speaks for, JSON
 *          /images/NAME         a base image: digest, format and sizes of its file, JSON
 *          /keys/HASH           a move that was asked for with an idempotency key, JSON
 *          /rest                where the leader's REST interface is
 *          /term                its znode's version is the term; the value names who leads
 *          /quorum              written to prove that there is one
 *          /leaders             who would lead (Curator's LeaderLatch)
 * </pre>
 *
 * <p>A monitor uses a layout of its own version, brings an older one up to it when it connects
 * (none is older yet), and refuses a newer one. What a version adds, the one before must be able to
 * ignore, so that monitors can be updated one after the other.
 */
final class Znodes {
    static final String ROOT = "/drover";
    static final String VERSION = ROOT + "/version";
    static final String VMS = ROOT + "/vms";
    static final String MOVES = ROOT + "/moves";
    static final String HOSTS = ROOT + "/hosts";
    static final String CORDONED = ROOT + "/cordoned";
    static final String LOST = ROOT + "/lost";
    static final String EVACUATIONS = ROOT + "/evacuations";
    static final String TOKENS = ROOT + "/tokens";
    static final String IMAGES = ROOT + "/images";
    static final String KEYS = ROOT + "/keys";
    static final String REST = ROOT + "/rest";
    static final String TERM = ROOT + "/term";
    static final String QUORUM = ROOT + "/quorum";
    static final String LEADERS = ROOT + "/leaders";

    /** Of the layout that is written here. */
    static final int THIS_VERSION = 1;

    /** What must be there, parents first; {@link #VERSION} apart. */
    static final List<String> LAYOUT =
            List.of(
                    ROOT,
                    VMS,
                    MOVES,
                    HOSTS,
                    CORDONED,
                    LOST,
                    EVACUATIONS,
                    TOKENS,
                    IMAGES,
                    KEYS,
                    REST,
                    TERM,
                    QUORUM,
                    LEADERS);

    /** Below jute.maxbuffer, 0xfffff bytes, which a request must not exceed as a whole. */
    private static final int MOST_BYTES = 900 << 10;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final Pattern ACTIVE = Pattern.compile("([0-9]{1,18}) (.+)");

    private Znodes() {}

    static String vm(String name) {
        return child(VMS, name);
    }

    static String active(String vm) {
        return vm(vm) + "/active";
    }

    static String move(String id) {
        return child(MOVES, id);
    }

    static String host(String name) {
        return child(HOSTS, name);
    }

    static String cordoned(String host) {
        return child(CORDONED, host);
    }

    static String lost(String host) {
        return child(LOST, host);
    }

    static String evacuation(String id) {
        return child(EVACUATIONS, id);
    }

    static String token(String name) {
        return child(TOKENS, name);
    }

    static String image(String name) {
        return child(IMAGES, name);
    }

    static String key(String hash) {
        return child(KEYS, hash);
    }

    /** Whether anything in the store can have this name. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private static String child(String parent, String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "A name in the store has letters, digits, dots, hyphens or underscores, not '"
                            + name
                            + "'");
        }
        return parent + "/" + name;
    }

    static byte[] write(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        if (bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "A record in the store has at most 900 KiB, not " + bytes.length + " bytes");
        }
        return bytes;
    }

    static byte[] write(Active active) {
        return write(active.epoch() + " " + active.host());
    }

    static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    static Active readActive(String vm, byte[] bytes) {
        Matcher matcher = ACTIVE.matcher(text(bytes));
        if (!matcher.matches()) {
            throw new StoreException.Broken(
                    "The record of VM '"
                            + vm
                            + "' in ZooKeeper makes no sense: '"
                            + text(bytes)
                            + "'; was it written by hand?",
                    null);
        }
        return new Active(matcher.group(2), Long.parseLong(matcher.group(1)));
    }
}
