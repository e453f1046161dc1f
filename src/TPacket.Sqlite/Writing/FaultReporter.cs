using Microsoft.Data.Sqlite;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Makes the exception that callers get of what a transaction has failed with, and notes the store's condition.</summary>
internal sealed class FaultReporter(StoreFile file, StoreCondition condition)
{
    /// <summary>Whether a new connection may help.</summary>
    public bool NeedsReopening { get; set; }

    /// <param name="error">What the transaction has failed with.</param>
    /// <param name="isCommitting">Whether the commit itself has failed.</param>
    public RoomStoreException Report(Exception error, bool isCommitting)
    {
        switch (error)
        {
            case RoomStoreException failure:
                if (file.Missing() is { } missing)
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
        var text = Faults.Describe(fault, file.Path);
        if (Faults.IsDamage(fault) && !isCommitting)
            condition.FindDamage(fault, text);
        else
            condition.Fail(fault, text);
        NeedsReopening |= Faults.NeedsReopening(fault);
        return new RoomStoreException(text, isCommitting && Faults.IsOutcomeUnknown(fault), fault);
    }
}
