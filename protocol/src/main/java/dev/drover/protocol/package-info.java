@NullMarked
package dev.drover.protocol;

import org.jspecify.annotations.NullMarked;
