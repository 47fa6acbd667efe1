package dev.drover.store;

import dev.drover.protocol.Active;

/**
 * Hears what one leader's writes make of the VMs, from the thread that writes, before the write
 * returns. Since nobody else may write while it leads, whoever has read all VMs before the first
 * write, and hears of all others, knows them as the store has them.
 */
public interface VmListener {
    /** Hears nothing. */
    VmListener DEAF =
            new VmListener() {
                @Override
                public void declared(String vm, String spec, Active active) {}

                @Override
                public void replaced(String vm, String spec) {}

                @Override
                public void recorded(String vm, Active active) {}

                @Override
                public void removed(String vm) {}

                @Override
                public void doubted(String vm) {}
            };

    /** There is such a VM now. */
    void declared(String vm, String spec, Active active);

    /** What is declared of it is this now. */
    void replaced(String vm, String spec);

    /** Its record is this now. */
    void recorded(String vm, Active active);

    /** It is not there any more. */
    void removed(String vm);

    /** The answer to a write of it was lost: it must be read to be known. */
    void doubted(String vm);
}
