using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Protocol;
using TPacket.Server.Commands;

namespace TPacket.Server.Hosting;

internal sealed class TPacketServerBuilder(IServiceCollection services) : ITPacketServerBuilder
{
    public IServiceCollection Services => services;

    public ITPacketServerBuilder AddCommand<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(int command, CommandScope scope, bool inline)
        where THandler : class, ICommandHandler
    {
        ThrowIfReserved(command);
        services.AddCommandHandler<THandler>(command, scope, inline);
        return this;
    }

    public ITPacketServerBuilder AddCommand(int command, Func<CommandContext, ValueTask> handle, CommandScope scope, bool inline)
    {
        ArgumentNullException.ThrowIfNull(handle);
        ThrowIfReserved(command);
        services.AddSingleton(new CommandRegistration(command, scope, inline, _ => new DelegateCommandHandler(handle)));
        return this;
    }

    public ITPacketServerBuilder AddFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>(bool inline)
        where TFilter : class, IPacketFilter
    {
        services.AddSingleton(new FilterRegistration(inline, static parts => parts.Filter<TFilter>()));
        return this;
    }

    public ITPacketServerBuilder AddFilter(Func<CommandContext, PacketDelegate, ValueTask> invoke, bool inline)
    {
        ArgumentNullException.ThrowIfNull(invoke);
        services.AddSingleton(new FilterRegistration(inline, _ => new DelegatePacketFilter(invoke)));
        return this;
    }

    private static void ThrowIfReserved(int command)
    {
        if (!CommandRange.IsOriginal(command) && !CommandRange.IsApplication(command) && !CommandRange.IsGame(command))
            throw new ArgumentOutOfRangeException(nameof(command), command, $"The command is reserved. An application's commands are {CommandRange.FirstApplication} and up, those of games {CommandRange.FirstGame} to {CommandRange.LastGame}.");
    }
}
