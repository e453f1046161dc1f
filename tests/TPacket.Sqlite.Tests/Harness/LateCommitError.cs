using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>
/// Makes the next commit of a connection report an error although it has taken effect. SQLite calls the hook after the commit, and reports the hook's error.
/// </summary>
internal static unsafe class LateCommitError
{
    private const int WriteError = raw.SQLITE_IOERR | (3 << 8);

    public static void Arm(Database database)
    {
        var handle = database.Handle.DangerousGetHandle();
        sqlite3_wal_hook(handle, &OnCommitted, handle);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnCommitted(nint handle, nint database, byte* name, int pages)
    {
        sqlite3_wal_hook(handle, null, 0);
        return WriteError;
    }

    // SQLitePCLRaw does not expose this function of the library that it loads.
#pragma warning disable IDE1006, SYSLIB1054, CA5393 // The name is SQLite's; no argument needs marshalling.
    [DllImport("e_sqlite3", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern nint sqlite3_wal_hook(nint database, delegate* unmanaged[Cdecl]<nint, nint, byte*, int, int> hook, nint argument);
#pragma warning restore IDE1006, SYSLIB1054, CA5393
}
