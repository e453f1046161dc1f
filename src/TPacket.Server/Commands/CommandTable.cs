using System.Collections.Frozen;
using TPacket.Protocol;

namespace TPacket.Server.Commands;

/// <summary>Every command's way: the filters, then its handler. Built once, with the server.</summary>
internal sealed class CommandTable
{
    private readonly FrozenDictionary<int, CommandRoute> _routes;
    private readonly CommandRoute _unknown;

    public CommandTable(IEnumerable<CommandRegistration> commands, IEnumerable<FilterRegistration> filters, IServiceProvider services)
    {
        IPacketFilter[] around = [.. filters.Select(filter => filter.Create(services))];
        var routes = new Dictionary<int, CommandRoute>();
        foreach (var last in commands.GroupBy(static registration => registration.Command).Select(static same => same.Last()))
            routes.Add(last.Command, new CommandRoute(last.Scope, Surround(last.Create(services).HandleAsync, around)));
        _routes = routes.ToFrozenDictionary();
        _unknown = new CommandRoute(CommandScope.Client, Surround(RefuseUnknown, around));
    }

    public CommandRoute this[int command] => _routes.TryGetValue(command, out var route) ? route : _unknown;

    private static PacketDelegate Surround(PacketDelegate handler, IPacketFilter[] filters)
    {
        var way = handler;
        foreach (var filter in filters.Reverse())
        {
            var next = way;
            way = context => filter.InvokeAsync(context, next);
        }

        return way;
    }

    private static ValueTask RefuseUnknown(CommandContext context)
    {
        context.ReplyError(PacketErrorCode.UnknownCommand, "Unknown command.");
        return default;
    }
}
