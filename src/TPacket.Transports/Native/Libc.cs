using System.Reflection;
using System.Runtime.InteropServices;

namespace TPacket.Transports.Native;

/// <summary>The system calls that are made directly, on Linux, from the C library that the process already runs on: glibc or musl, under the runtime or compiled ahead of time.</summary>
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

    // The structure is two words in every C library but one, musl's on 32-bit systems, where it is twice as long: there is room for either.
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

    // Variadic in C, which makes no difference to a caller on Linux.
    [LibraryImport(Library)]
    public static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport(Library)]
    public static partial int shutdown(int descriptor, int how);

    [LibraryImport(Library)]
    public static partial int close(int descriptor);

    // The C library is named differently by each system and is loaded in any case: its symbols are the program's.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == Library ? NativeLibrary.GetMainProgramHandle() : 0;
}
