@NullMarked
package dev.drover.api;

import org.jspecify.annotations.NullMarked;
