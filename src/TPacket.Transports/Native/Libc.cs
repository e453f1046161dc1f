using System.Reflection;
using System.Runtime.InteropServices;

namespace TPacket.Transports.Native;

/// <summary>The system calls that the library makes directly on Linux, through the C library of the process: glibc or musl.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    static Libc() => NativeLibrary.SetDllImportResolver(typeof(Libc).Assembly, Resolve);

    [LibraryImport(Library)]
    public static partial int epoll_create1(int flags);

    [LibraryImport(Library)]
    public static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* epollEvent);

    [LibraryImport(Library)]
    public static partial int epoll_wait(int epoll, byte* events, int maxEvents, int timeout);

    [LibraryImport(Library)]
    public static partial int eventfd(uint initial, int flags);

    // The structure has two words. In musl on 32-bit systems it is twice as long, so callers pass room for that.
    [LibraryImport(Library)]
    public static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport(Library)]
    public static partial int poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport(Library)]
    public static partial nint read(int descriptor, byte* buffer, nint length);

    [LibraryImport(Library)]
    public static partial nint write(int descriptor, byte* buffer, nint length);

    [LibraryImport(Library)]
    public static partial nint recv(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(Library)]
    public static partial nint send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(Library)]
    public static partial nint sendmsg(int descriptor, MessageHeader* message, int flags);

    [LibraryImport(Library)]
    public static partial int accept4(int descriptor, byte* address, int* addressLength, int flags);

    [LibraryImport(Library)]
    public static partial int setsockopt(int descriptor, int level, int option, int* value, int length);

    [LibraryImport(Library)]
    public static partial int getsockname(int descriptor, byte* address, int* addressLength);

    // The function is variadic in C. That makes no difference to a caller on Linux.
    [LibraryImport(Library)]
    public static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport(Library)]
    public static partial int shutdown(int descriptor, int how);

    [LibraryImport(Library)]
    public static partial int close(int descriptor);

    // The C library has a different name on each system. It is always loaded, so the main program has its symbols.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == Library ? NativeLibrary.GetMainProgramHandle() : 0;
}
