@NullMarked
package dev.drover.store;

import org.jspecify.annotations.NullMarked;
