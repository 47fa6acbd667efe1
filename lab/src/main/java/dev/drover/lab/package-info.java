@NullMarked
package dev.drover.lab;

import org.jspecify.annotations.NullMarked;
