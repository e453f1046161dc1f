using System.Runtime.InteropServices;

namespace TPacket.Transports.Native;

/// <summary>
/// The kernel's <c>msghdr</c>. The C libraries differ in the types of two counts and pad them with zeros, so the layout is the same on little-endian systems.
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
