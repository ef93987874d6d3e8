# Writes the files beside it: what torch.save of Python makes of small modules (torch 1.13). For src/import/torch_file_test.cc.
import torch, collections
class M(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Linear(3, 2)
        self.register_buffer("position_ids", torch.arange(4).unsqueeze(0))
m = M()
with torch.no_grad():
    m.a.weight.copy_(torch.arange(6.).reshape(2, 3)); m.a.bias.copy_(torch.tensor([0.5, -1.5]))
big = torch.arange(24.).reshape(4, 6)
views = collections.OrderedDict(t=big.t(), s=big[1:3], c=big[:, 2], all=big)
torch.save(m.state_dict(), "state_dict.bin")
torch.save(m.state_dict(), "state_dict_legacy.bin", _use_new_zipfile_serialization=False)
torch.save(dict(m.named_parameters()), "parameters.bin")
torch.save(views, "views.bin")
torch.save(views, "views_legacy.bin", _use_new_zipfile_serialization=False)
torch.save({k: v.half() for k, v in m.state_dict().items()}, "half.bin")
torch.save({k: v.bfloat16() for k, v in m.state_dict().items()}, "bfloat16.bin")
torch.save({"epoch": 3, "state_dict": m.state_dict(), "loss": 0.25}, "training.bin")
torch.save(m, "module.bin")
