package dev.drover.agent;

import dev.drover.api.MonitorMessage;

/** The way to the cluster monitor. Thread-safe. */
interface ToMonitor {
    /** Says something that may be lost. */
    void tell(MonitorMessage message);

    /** Says something and waits until it was heard; lost all the same when nobody answers. */
    void ask(MonitorMessage message);
}
