using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TPacket.Transports.Native;

/// <summary>
/// Has OpenSSL, with which the runtime speaks TLS, release the record buffers of a connection that has nothing to read or to write (SSL_MODE_RELEASE_BUFFERS): 15 KiB as measured. The runtime has no setting for
/// that.
/// </summary>
/// <remarks>
/// OpenSSL calls a registered function whenever it makes a context (CRYPTO_get_ex_new_index), and a connection takes its modes from its context. Both functions are documented for OpenSSL 1.1 and 3; nothing
/// of the runtime's internals is touched. Only contexts that are made behind <see cref="Apply"/> are changed. Where no OpenSSL is loaded as a library, nothing happens, and connections keep their buffers.
/// </remarks>
internal static unsafe class OpenSslBuffers
{
    private const string Maps = "/proc/self/maps";
    private const int SslContextClass = 1;
    private const int SetMode = 33;
    private const int ReleaseBuffers = 0x10;

    // The runtime makes a context within the handshake that is the first to need it, on whichever thread that goes on.
    private static readonly AsyncLocal<bool> _applies = new();
    private static delegate* unmanaged[Cdecl]<nint, int, CLong, nint, CLong> _control;
    private static int _changed;

    /// <summary>How many contexts give back buffers since the process began.</summary>
    public static int Changed => Volatile.Read(ref _changed);

    /// <summary>Whether there is an OpenSSL that can be told.</summary>
    public static bool IsAvailable { get; } = TryRegister();

    /// <summary>Whether contexts that are made here are changed.</summary>
    public static bool IsApplied => _applies.Value;

    /// <summary>Changes the contexts that the calling asynchronous method, and what it calls, make from here on.</summary>
    public static void Apply()
    {
        if (IsAvailable)
            _applies.Value = true;
    }

    private static bool TryRegister()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        // The runtime loads OpenSSL when its cryptography is used first.
        SHA256.HashData([], stackalloc byte[SHA256.HashSizeInBytes]);
        // Both functions are found through the library that is loaded, so that they are of one version; what it depends on is searched as well.
        if (!TryFindLibrary(out var ssl)
            || !NativeLibrary.TryGetExport(ssl, "SSL_CTX_ctrl", out var control)
            || !NativeLibrary.TryGetExport(ssl, "CRYPTO_get_ex_new_index", out var register))
        {
            return false;
        }

        _control = (delegate* unmanaged[Cdecl]<nint, int, CLong, nint, CLong>)control;
        var getIndex = (delegate* unmanaged[Cdecl]<int, CLong, nint, delegate* unmanaged[Cdecl]<nint, nint, nint, int, CLong, nint, void>, nint, nint, int>)register;
        return getIndex(SslContextClass, new CLong(0), 0, &OnContextMade, 0, 0) >= 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnContextMade(nint context, nint value, nint data, int index, CLong argument, nint pointer)
    {
        if (_applies.Value && (_control(context, SetMode, new CLong(ReleaseBuffers), 0).Value & ReleaseBuffers) != 0)
            Interlocked.Increment(ref _changed);
    }

    /// <summary>The library that the process has loaded already; there must be no doubt which one.</summary>
    private static bool TryFindLibrary(out nint library)
    {
        library = 0;
        try
        {
            var paths = File.ReadLines(Maps)
                .Select(static line => line.IndexOf('/', StringComparison.Ordinal) is var start and >= 0 ? line[start..] : "")
                .Where(static path => Path.GetFileName(path).StartsWith("libssl.so", StringComparison.Ordinal))
                .Distinct()
                .ToList();
            // By its path it is the one that is loaded, not another.
            return paths.Count == 1 && NativeLibrary.TryLoad(paths[0], out library);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
