@NullMarked
package dev.drover.block;

import org.jspecify.annotations.NullMarked;
