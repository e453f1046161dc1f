using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TPacket.Transports.Native;

/// <summary>
/// Makes OpenSSL, which the runtime uses for TLS, release the record buffers of an idle connection, 15 KiB in all (SSL_MODE_RELEASE_BUFFERS). The runtime has no setting for that.
/// </summary>
/// <remarks>
/// OpenSSL calls a registered function for each new context (CRYPTO_get_ex_new_index), and a connection inherits the modes of its context. Both functions are documented for OpenSSL 1.1 and 3. The
/// class does not use internals of the runtime. It changes only contexts that are created after <see cref="Apply"/>. If OpenSSL is not loaded as a library, connections keep their buffers.
/// </remarks>
internal static unsafe class OpenSslBuffers
{
    private const string Maps = "/proc/self/maps";
    private const int SslContextClass = 1;
    private const int SetMode = 33;
    private const int ReleaseBuffers = 0x10;

    // Flows with the handshake: the runtime creates a context within the first handshake that needs it, on any thread on which that handshake continues.
    private static readonly AsyncLocal<bool> _applies = new();
    private static delegate* unmanaged[Cdecl]<nint, int, CLong, nint, CLong> _control;
    private static int _changed;

    /// <summary>The number of contexts that were changed since the start of the process.</summary>
    public static int Changed => Volatile.Read(ref _changed);

    /// <summary>Whether OpenSSL is loaded and supports the mode.</summary>
    public static bool IsAvailable { get; } = TryRegister();

    /// <summary>Whether contexts that the current flow of execution creates are changed.</summary>
    public static bool IsApplied => _applies.Value;

    /// <summary>Changes all contexts that the current flow of execution creates from now on.</summary>
    public static void Apply()
    {
        if (IsAvailable)
            _applies.Value = true;
    }

    private static bool TryRegister()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        // The runtime loads OpenSSL at the first use of its cryptography.
        SHA256.HashData([], stackalloc byte[SHA256.HashSizeInBytes]);
        // Both functions are found through the loaded library, so that they have the same version. The search includes the dependencies of the library.
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

    /// <summary>Finds the library that the process has loaded. Fails if the process has loaded several.</summary>
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
            // Loading the full path returns the loaded library and no other.
            return paths.Count == 1 && NativeLibrary.TryLoad(paths[0], out library);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
