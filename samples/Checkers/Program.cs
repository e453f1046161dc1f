using System.Text;
using Checkers.Commands;
using Checkers.Web;
using TPacket.Samples;

// Without arguments, or with settings, the program serves the page. A word is a command.
if (args is [] or [['-', ..], ..])
    return await HostProgram.RunAsync(() => CheckersApp.Build(args));

using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
return args switch
{
    ["perft", ..] => PerftCommand.Run(args.AsSpan(1), output, Console.Error),
    ["pdn", ..] => PdnCommand.Run(args.AsSpan(1), output, Console.Error),
    ["play", ..] => PlayCommand.Run(args.AsSpan(1), output, Console.Error),
    ["contest", ..] => ContestCommand.Run(args.AsSpan(1), output, Console.Error),
    _ => Usage.Fail(Console.Error, "There is no such command."),
};
