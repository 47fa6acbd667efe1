package dev.drover.agent;

import dev.drover.api.MonitorMessage;
import dev.drover.api.Progress;

/**
 * Tells the monitor how far memory and packets are, a few times a second, until the memory's
 * transfer is closed.
 */
record SourceReports(String move, MemoryTransfer memory, PacketPath packets, ToMonitor monitor) {
    void begin() {
        Thread.ofVirtual().name("progress").start(this::run);
    }

    private void run() {
        while (memory.isOpen()) {
            var sent = memory.progress();
            tell(
                    new Progress.MemoryProgress(
                            sent.remainingBytes(),
                            sent.totalBytes(),
                            sent.sentBytes(),
                            sent.dirtySyncs()));
            var held = packets.figures();
            tell(new Progress.PacketProgress(held.held(), held.sent()));
            memory.pauseBetweenReports();
        }
    }

    private void tell(Progress progress) {
        monitor.tell(new MonitorMessage.Report(move, progress));
    }
}
