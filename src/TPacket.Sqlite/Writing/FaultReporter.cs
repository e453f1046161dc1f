using Microsoft.Data.Sqlite;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Converts the error of a transaction to the exception that the callers get, and updates the store's condition.</summary>
internal sealed class FaultReporter(StoreFile file, StoreCondition condition)
{
    /// <summary>Whether a new connection may clear the fault.</summary>
    public bool NeedsReopening { get; set; }

    /// <summary>Reports the error of a transaction.</summary>
    /// <param name="error">The error.</param>
    /// <param name="isCommitting">Whether the commit itself has failed.</param>
    /// <returns>The exception for the callers.</returns>
    public RoomStoreException Report(Exception error, bool isCommitting)
    {
        switch (error)
        {
            case RoomStoreException failure:
                if (file.DescribeMissingFile() is { } missing)
                    condition.Fail(null, missing);
                return failure;
            case SqliteException fault:
                return Report(fault, isCommitting);
            case IOException:
                condition.Fail(error, error.Message);
                return new RoomStoreException(error.Message, isCommitting, error);
            default:
                condition.Log(logger => SqliteLog.OperationFailed(logger, error));
                return new RoomStoreException("The store failed.", isCommitting, error);
        }
    }

    private RoomStoreException Report(SqliteException fault, bool isCommitting)
    {
        var text = SqliteErrors.Describe(fault, file.Path);
        if (SqliteErrors.IsDamage(fault) && !isCommitting)
            condition.FindDamage(fault, text);
        else
            condition.Fail(fault, text);
        NeedsReopening |= SqliteErrors.NeedsReopening(fault);
        return new RoomStoreException(text, isCommitting && SqliteErrors.IsOutcomeUnknown(fault), fault);
    }
}
