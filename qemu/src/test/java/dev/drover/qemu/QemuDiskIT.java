package dev.drover.qemu;

import dev.drover.ports.Allocation;
import dev.drover.ports.Disk;
import dev.drover.ports.Guest;
import dev.drover.ports.VmSpec;
import dev.drover.testkit.guest.DiskContract;
import java.io.IOException;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/** QEMU's disks keep to the contract, in both formats. */
class QemuDiskIT {
    @Nested
    class Raw extends OfFormat {
        Raw() {
            super(VmSpec.Format.RAW);
        }
    }

    @Nested
    class Qcow2 extends OfFormat {
        Qcow2() {
            super(VmSpec.Format.QCOW2);
        }
    }

    abstract static class OfFormat extends DiskContract {
        private static final int BLOCK = 4096;

        private final VmSpec.Format format;
        private TestHost host;

        OfFormat(VmSpec.Format format) {
            this.format = format;
        }

        @BeforeEach
        void open() throws IOException {
            host = new TestHost();
        }

        @AfterEach
        void close() throws IOException {
            host.close();
        }

        @Override
        protected QemuHypervisor hypervisor() {
            return host.hypervisor();
        }

        @Override
        protected VmSpec spec() {
            return host.spec(format);
        }

        @Override
        protected Allocation allocate() throws IOException {
            return host.allocate(spec(), LoadGuest.IDLE);
        }

        /** Through the device's own backend: above every filter node, as the guest's writes go. */
        @Override
        protected void guestWrites(Guest guest, long offset, int length, byte content) {
            String command =
                    "qemu-io -d /machine/peripheral/"
                            + QemuCommandLine.DISK_DEVICE
                            + "/virtio-backend \"write -P %d %d %d\""
                                    .formatted(content, offset, length);
            String said =
                    ((QemuGuest) guest)
                            .qmp()
                            .execute("human-monitor-command", Map.of("command-line", command))
                            .asString("");
            if (!said.isEmpty() && !said.contains("wrote " + length)) {
                throw new AssertionError(command + ": " + said);
            }
        }

        @Override
        protected byte[] read(Guest guest, Disk.Export export, long offset, int length)
                throws IOException {
            try (NbdPeer peer = new NbdPeer(export)) {
                return peer.read(offset, length);
            }
        }

        @Override
        protected void write(Guest guest, Disk.Export export, long offset, byte[] bytes)
                throws IOException {
            try (NbdPeer peer = new NbdPeer(export)) {
                peer.write(offset, bytes);
            }
        }

        @Override
        protected NavigableSet<Long> marked(Guest guest, Disk.Export export) throws IOException {
            NavigableSet<Long> blocks = new TreeSet<>();
            for (TestHost.Extent extent : TestHost.marked(export)) {
                for (long at = 0; at < extent.length(); at += BLOCK) {
                    blocks.add(extent.offset() + at);
                }
            }
            return blocks;
        }
    }
}
