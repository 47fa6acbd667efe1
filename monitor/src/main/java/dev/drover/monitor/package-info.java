@NullMarked
package dev.drover.monitor;

import org.jspecify.annotations.NullMarked;
