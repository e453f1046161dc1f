using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>Packets whose data is a text, or a value that a serializer of the application's choice turns into bytes. What these methods send and throw is what those with bytes do.</summary>
public static class PayloadExtensions
{
    /// <summary>Reads the packet's data as a text; answers RESP_ERROR -3 where it is none.</summary>
    /// <param name="context">The packet.</param>
    /// <param name="text">The text; null where there is none.</param>
    /// <returns>False where the data is not UTF-8. Nothing is left to answer.</returns>
    public static bool TryReadText(this CommandContext context, [NotNullWhen(true)] out string? text)
    {
        ArgumentNullException.ThrowIfNull(context);
        var data = context.Data.Span;
        text = Utf8.IsValid(data) ? Encoding.UTF8.GetString(data) : null;
        if (text is not null)
            return true;
        context.ReplyError(PacketErrorCode.NotUtf8, "The data is not UTF-8.");
        return false;
    }

    /// <summary>Reads the packet's data as a value; answers RESP_ERROR -4 where it is none.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="context">The packet.</param>
    /// <param name="serializer">Reads the value.</param>
    /// <param name="value">The value; null where there is none.</param>
    /// <returns>False where the data is no such value. Nothing is left to answer.</returns>
    public static bool TryRead<T>(this CommandContext context, IPayloadSerializer serializer, [NotNullWhen(true)] out T? value)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(serializer);
        if (serializer.TryDeserialize(context.Data, out value))
            return true;
        context.ReplyError(PacketErrorCode.InvalidArgument, "The data is not what the command takes.");
        return false;
    }

    /// <summary>Answers with a packet that carries a text.</summary>
    /// <inheritdoc cref="CommandContext.Reply"/>
    public static bool Reply(this CommandContext context, int command, string text)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var buffer = PayloadBuffer.Of(text);
        return context.Reply(command, data: buffer.Data.Span);
    }

    /// <summary>Answers with a packet that carries a value.</summary>
    /// <inheritdoc cref="CommandContext.Reply"/>
    public static bool Reply<T>(this CommandContext context, int command, T value, IPayloadSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var buffer = PayloadBuffer.Of(value, serializer);
        return context.Reply(command, data: buffer.Data.Span);
    }

    /// <summary>Sends the user a packet that carries a text.</summary>
    /// <inheritdoc cref="IUser.Send"/>
    public static bool Send(this IUser user, int command, string text)
    {
        ArgumentNullException.ThrowIfNull(user);
        using var buffer = PayloadBuffer.Of(text);
        return user.Send(command, data: buffer.Data.Span);
    }

    /// <summary>Sends the user a packet that carries a value.</summary>
    /// <inheritdoc cref="IUser.Send"/>
    public static bool Send<T>(this IUser user, int command, T value, IPayloadSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(user);
        using var buffer = PayloadBuffer.Of(value, serializer);
        return user.Send(command, data: buffer.Data.Span);
    }

    /// <summary>Appends a message of the sender, and answers the packet.</summary>
    /// <inheritdoc cref="CommandContext.SayAsync"/>
    public static ValueTask<AppendResult> SayAsync(this CommandContext context, string text)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var buffer = PayloadBuffer.Of(text);
        return context.SayAsync(buffer.Data);
    }

    /// <summary>Appends a message of one of the members, as if it had sent NEW_MSG.</summary>
    /// <inheritdoc cref="IRoom.SayAsync"/>
    public static ValueTask<AppendResult> SayAsync(this IRoom room, IUser sender, string text)
    {
        ArgumentNullException.ThrowIfNull(room);
        using var buffer = PayloadBuffer.Of(text);
        return room.SayAsync(sender, buffer.Data);
    }

    /// <summary>Appends a packet of the sender that carries a text, and answers the sender's.</summary>
    /// <inheritdoc cref="CommandContext.BroadcastAsync"/>
    public static ValueTask<AppendResult> BroadcastAsync(this CommandContext context, int command, string text, AppendCondition? condition = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var buffer = PayloadBuffer.Of(text);
        return context.BroadcastAsync(command, 0, 0, buffer.Data, condition);
    }

    /// <summary>Appends a packet of the sender that carries a value, and answers the sender's.</summary>
    /// <inheritdoc cref="CommandContext.BroadcastAsync"/>
    public static ValueTask<AppendResult> BroadcastAsync<T>(this CommandContext context, int command, T value, IPayloadSerializer serializer, AppendCondition? condition = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var buffer = PayloadBuffer.Of(value, serializer);
        return context.BroadcastAsync(command, 0, 0, buffer.Data, condition);
    }

    /// <summary>Appends a packet that carries a text.</summary>
    /// <inheritdoc cref="IRoom.BroadcastAsync"/>
    public static ValueTask<AppendResult> BroadcastAsync(this IRoom room, int command, string text, AppendCondition? condition = null)
    {
        ArgumentNullException.ThrowIfNull(room);
        using var buffer = PayloadBuffer.Of(text);
        return room.BroadcastAsync(command, 0, 0, buffer.Data, condition);
    }

    /// <summary>Appends a packet that carries a value.</summary>
    /// <inheritdoc cref="IRoom.BroadcastAsync"/>
    public static ValueTask<AppendResult> BroadcastAsync<T>(this IRoom room, int command, T value, IPayloadSerializer serializer, AppendCondition? condition = null)
    {
        ArgumentNullException.ThrowIfNull(room);
        using var buffer = PayloadBuffer.Of(value, serializer);
        return room.BroadcastAsync(command, 0, 0, buffer.Data, condition);
    }
}
