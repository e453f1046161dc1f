using System.Runtime.InteropServices;

namespace TPacket.Transports.Native;

/// <summary>
/// The kernel's <c>msghdr</c>. The C libraries differ in the types of two counts and fill up with padding that is zero, so that on little-endian systems it is one layout.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    private readonly void* _name;
    private readonly nuint _nameLength;

    public MessagePart* Parts;
    public nuint PartCount;

    private readonly void* _control;
    private readonly nuint _controlLength;
    private readonly int _flags;
}
