namespace TPacket.Server.Rooms;

/// <summary>A room's delivery failed while its log was telling it of an event. Keeps the fault apart from those of the store, on whose stack it was found; the cause is inside.</summary>
internal sealed class RoomDeliveryException(Exception cause) : Exception("The delivery to a room's members failed.", cause);
