/**
 * Small classes that break the rules of the house on purpose, laid out like the house, so that the
 * rules can be seen to fail.
 */
@NullMarked
package dev.drover.it.arch.wrong;

import org.jspecify.annotations.NullMarked;
