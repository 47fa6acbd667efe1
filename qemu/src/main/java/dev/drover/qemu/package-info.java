@NullMarked
package dev.drover.qemu;

import org.jspecify.annotations.NullMarked;
