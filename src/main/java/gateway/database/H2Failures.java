package gateway.database;

import io.r2dbc.spi.R2dbcException;
import java.util.Set;
import java.util.function.IntPredicate;
import org.h2.api.ErrorCode;
import org.h2.message.DbException;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/** Tells apart what went wrong with an H2 file, wherever in the chain of causes H2 says it. */
public final class H2Failures {
    /** Nothing is known to be wrong with the bytes of the file, so it must stay where it is. */
    private static final Set<Integer> NOT_THE_FILE = Set.of(
            ErrorCode.OUT_OF_MEMORY,
            ErrorCode.FILE_CREATION_FAILED_1,
            ErrorCode.DATABASE_IS_READ_ONLY,
            ErrorCode.DATABASE_NOT_FOUND_WITH_IF_EXISTS_1,
            ErrorCode.URL_FORMAT_ERROR_2,
            ErrorCode.URL_RELATIVE_TO_CWD,
            ErrorCode.UNSUPPORTED_SETTING_1);

    private static final Set<Integer> CLOSED =
            Set.of(ErrorCode.DATABASE_IS_CLOSED, ErrorCode.CONNECTION_BROKEN_1, ErrorCode.OBJECT_CLOSED);

    private static final int ANY_CODE = -1;
    private static final int NO_CODE = -2;

    private H2Failures() {}

    public static boolean inUse(Throwable error) {
        return any(error, code -> code == ErrorCode.DATABASE_ALREADY_OPEN_1, DataUtils.ERROR_FILE_LOCKED);
    }

    /** A file to look at in which nothing has been made yet, and nothing may be. */
    public static boolean unfinished(Throwable error) {
        return any(error, code -> code == ErrorCode.DATABASE_IS_READ_ONLY, NO_CODE);
    }

    /** A failed opening that is the fault of the file's bytes, as far as codes tell; never a mistake of ours. */
    public static boolean unreadable(Throwable error) {
        return any(error, code -> true, ANY_CODE)
                && !inUse(error)
                && !any(error, NOT_THE_FILE::contains, DataUtils.ERROR_WRITING_FAILED);
    }

    /** A failure of an open database that no later statement will get over. */
    public static boolean corrupt(Throwable error) {
        return any(
                error,
                code -> code == ErrorCode.FILE_CORRUPTED_1 || code == ErrorCode.FILE_VERSION_ERROR_1,
                DataUtils.ERROR_FILE_CORRUPT);
    }

    /** A database that H2 has closed by itself. */
    public static boolean closed(Throwable error) {
        return any(error, CLOSED::contains, DataUtils.ERROR_CLOSED);
    }

    private static boolean any(Throwable error, IntPredicate sqlCode, int storeCode) {
        for (@Nullable Throwable t = error; t != null; t = t.getCause()) {
            var found = switch (t) {
                case MVStoreException e -> storeCode == ANY_CODE || e.getErrorCode() == storeCode;
                case R2dbcException e -> sqlCode.test(e.getErrorCode());
                case DbException e -> sqlCode.test(e.getErrorCode());
                case DamagedRowException e -> storeCode == DataUtils.ERROR_FILE_CORRUPT;
                default -> false;
            };
            if (found) {
                return true;
            }
        }
        return false;
    }
}
